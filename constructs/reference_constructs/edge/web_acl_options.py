"""Options of the web ACL."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options


class WebAclOptions(Options):
    """An AWS WAF web ACL with AWS managed rule groups and a rate limit."""

    requests_per_5_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)] = 2000
    """Number of requests in five minutes above which an IP address is blocked. The default is about seven requests per
    second, which no person reaches."""
