"""Options of the web ACL."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options


class WebAclOptions(Options):
    """AWS WAF web ACL with AWS Managed Rules rule groups and a rate-based rule."""

    requests_per_5_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)] = 2000
    """Number of requests from one IP address in five minutes above which AWS WAF blocks the address. The default is
    about seven requests per second, which is more than a person sends."""
