"""Prices have a source, are of their Region or said to be of another, and are renewed from the Price List."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from facts import instance_types, price_renewal, prices

# Rows as the Price List writes them, of which the figures are made up where a test is about a change.
ANSWERS = Path(__file__).parent / "price_list"


@pytest.mark.parametrize("name", prices.rows())
def test_a_price_has_a_unit_a_source_a_license_and_a_day(name: str) -> None:
    row = prices.rows()[name]

    assert {"about", "unit", "usd", "as_of", "source", "license"} <= set(row)
    assert isinstance(row["as_of"], date)
    assert prices.REGION_OF_EVERY_PRICE in row["usd"]
    assert all(isinstance(usd, float | int) and usd > 0 for usd in row["usd"].values())


def test_a_price_is_that_of_its_region_where_it_is_known() -> None:
    there, elsewhere = prices.price("fargate_x86_vcpu_hour", "eu-central-1"), prices.price("alb_hour", "eu-central-1")

    assert (there.usd, there.region) == (0.04656, "eu-central-1")
    assert (elsewhere.usd, elsewhere.region) == (0.0225, "us-east-1")


def test_an_instance_type_has_its_price_or_none() -> None:
    here, elsewhere = (prices.instance_price("t4g.small", region) for region in ("eu-west-1", "nowhere-1"))

    assert here is not None
    assert elsewhere is not None
    assert (here.usd, here.region) == (0.0184, "eu-west-1")
    assert (elsewhere.usd, elsewhere.region) == (0.0168, "us-east-1")
    assert prices.instance_price("x0.nothing", "us-east-1") is None
    assert prices.instance_price("m7i.metal-24xl", "us-east-1") is None


def test_every_instance_type_with_a_price_is_one_that_aws_offers() -> None:
    known = instance_types()

    assert all(name in known for name in prices._ec2()["instance_types"])


def test_old_prices_are_named() -> None:
    newest = max(row["as_of"] for row in prices.rows().values())

    assert prices.old(prices.rows()["public_ipv4_hour"]["as_of"]) == []
    assert set(prices.old(newest + timedelta(days=prices.DAYS_UNTIL_OLD + 1))) == {"ec2", *prices.rows()}


@pytest.fixture
def copies(tmp_path: Path) -> tuple[Path, Path]:
    """Given files of prices that a test may write."""
    return tuple(Path(shutil.copy(each, tmp_path)) for each in (prices.FILE, prices.EC2_FILE))  # type: ignore[return-value]


@contextmanager
def answered(offer: str, region: str) -> Iterator[Iterable[str]]:
    """What was recorded; of other offers, a list without prices."""
    file = ANSWERS / f"{offer}.{region}.csv"
    lines = file.read_text().splitlines() if file.exists() else []
    yield lines or [*(ANSWERS / "awskms.us-east-1.csv").read_text().splitlines()[:6]]


def test_what_the_price_list_answers_is_written_with_its_day(copies: tuple[Path, Path]) -> None:
    file, ec2_file = copies
    missing = price_renewal.renew(["us-east-1", "eu-west-1"], answered, file=file, ec2_file=ec2_file)

    rows: dict[str, Any] = YAML(typ="safe").load(file.read_text())["prices"]
    assert rows["alb_hour"]["usd"] == {"us-east-1": 0.0225, "eu-west-1": 0.0252}
    assert rows["nlb_hour"]["usd"] == {"us-east-1": 0.0225, "eu-west-1": 0.0252}
    assert rows["alb_lcu_hour"]["usd"]["us-east-1"] == 0.0081
    assert rows["alb_hour"]["as_of"] == date(2026, 11, 20)
    assert rows["alb_hour"]["source"] == "Price List of AWS (AWSELB), published 2026-11-20"
    assert rows["kms_request"]["usd"] == {"us-east-1": 0.000003}, "the tier that is not free"
    assert rows["nat_gateway_hour"]["usd"] == {"us-east-1": 0.046}
    assert rows["fargate_arm_gb_hour"] == prices.rows()["fargate_arm_gb_hour"], "not in the list: as it was"
    assert "fargate_arm_gb_hour in us-east-1" in missing
    assert "alb_hour in us-east-1" not in missing
    assert file.read_text().startswith(prices.FILE.read_text().partition("prices:")[0]), "comments stay"


def test_instances_are_renewed_too(copies: tuple[Path, Path]) -> None:
    file, ec2_file = copies
    price_renewal.renew(["us-east-1"], answered, file=file, ec2_file=ec2_file)

    found: dict[str, Any] = YAML(typ="safe").load(ec2_file.read_text())
    column = found["regions"].index("us-east-1")
    assert found["instance_types"]["t4g.small"][column] == 0.0168
    assert found["instance_types"]["m9g.large"][column] == 0.1
    assert found["as_of"] == "2026-11-21"


def test_without_an_answer_both_files_stay_what_they_are(copies: tuple[Path, Path]) -> None:
    file, ec2_file = copies

    @contextmanager
    def nothing(offer: str, region: str) -> Iterator[Iterable[str]]:
        del offer, region
        yield (ANSWERS / "awskms.us-east-1.csv").read_text().splitlines()[:6]

    assert price_renewal.renew(["us-east-1"], nothing, file=file, ec2_file=ec2_file)
    assert YAML(typ="safe").load(file.read_text()) == YAML(typ="safe").load(prices.FILE.read_text())
    assert ec2_file.read_text() == prices.EC2_FILE.read_text()


def test_the_file_of_an_offer_and_a_region_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def urlopen(url: str, *, timeout: int) -> io.BytesIO:
        assert timeout
        asked.append(url)
        return io.BytesIO((ANSWERS / "awskms.us-east-1.csv").read_bytes())

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with price_renewal._download("awskms", "us-east-1") as lines:
        published, rows = price_renewal.read(lines)
        found = [row["PricePerUnit"] for row in rows]

    assert asked == ["https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/awskms/current/us-east-1/index.csv"]
    assert (published, found) == ("2026-11-18", ["1.0000000000", "0.0000000000", "0.0000030000"])


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(price_renewal, "renew", lambda regions, _: [f"alb_hour in {each}" for each in regions])

    assert price_renewal.main(["eu-west-1"]) == 1
    assert capsys.readouterr().err == "not in the Price List, left as it was: alb_hour in eu-west-1\n"


def test_what_is_not_a_price_list_is_refused() -> None:
    with pytest.raises(ValueError, match="not a file of the Price List"):
        price_renewal.read(["<html>", "<body>"])
