"""The tables of docs/cost.md and README.md, which `make cost-page` writes between two comments in each.

python -m tools.cost.page
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from assembly import Graph
from tools.cost import references
from tools.cost.estimate import Estimate, Status
from tools.cost.lines import Line, Quantity, total
from tools.cost.report import money
from tools.cost.resource_types import FREE, PRICED, UNPRICED
from tools.cost.usage import Usage
from tools.synthesis import ROOT, syntheses

PAGE: Final = ROOT / "docs" / "cost.md"
README: Final = ROOT / "README.md"
SHIPPED: Final = ("sandbox", "production")
# A Spot discount that somebody might state; what it is on a day, nobody can say in a document.
EXAMPLE_DISCOUNT: Final = 0.6
_KINDS: Final = {
    "nat_gateway": "NAT gateways",
    "alb_": "load balancers",
    "nlb_": "load balancers",
    "public_ipv4": "public IPv4 addresses",
    "interface_endpoint": "interface endpoints",
    "eks_": "EKS control plane",
    "fargate_": "Fargate",
    "gp": "volumes",
    "kms_": "KMS keys",
    "alarm_": "alarms",
    "custom_metric": "detailed monitoring of instances",
    "web_acl": "AWS WAF",
}


def main() -> int:
    """Synthesize every environment, and write both files."""
    names = [*SHIPPED, *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "examples").glob("*.yaml")))]
    graphs = dict[str, Graph]()
    for name in names:
        with syntheses(name, {"in the working tree": ROOT}) as outputs:
            graphs[Path(name).stem] = Graph.read(outputs["in the working tree"])
    for file, content in ((PAGE, page(graphs)), (README, readme(graphs))):
        file.write_text(put(file.read_text(encoding="utf-8"), content), encoding="utf-8")
    return 0


def put(document: str, content: str) -> str:
    """A document with other content between its comments.

    Raises:
        ValueError: If it has no such comments.
    """
    start, end = "<!-- cost: written by `make cost-page` -->\n", "<!-- end of cost -->\n"
    found = re.subn(
        f"{re.escape(start)}.*?{re.escape(end)}", lambda _: f"{start}{content}{end}", document, flags=re.DOTALL
    )
    if found[1] != 1:
        raise ValueError(f"no place for the table: {start.strip()} ... {end.strip()}")
    return found[0]


def page(graphs: Mapping[str, Graph]) -> str:
    """What docs/cost.md has of it.

    Args:
        graphs: Templates of each environment, by name.
    """
    parts = [_by_kind(graphs), _by_environment(graphs), _references(graphs["sandbox"]), _coverage(graphs)]
    return "\n".join(line for part in parts for line in part) + "\n"


def readme(graphs: Mapping[str, Graph]) -> str:
    """What README.md has of it."""
    sums = {name: Estimate.of(graphs[name], Usage()).cost for name in SHIPPED}
    rows = [f"| {name} | {_dollars(cost.expected)} | {_range(cost)} |" for name, cost in sums.items()]
    head = ["| environment | monthly cost before traffic | range of its scaling |", "|---|---:|---:|"]
    return "\n".join([*head, *rows, ""])


def _by_kind(graphs: Mapping[str, Graph]) -> Iterator[str]:
    estimates = [Estimate.of(graphs[name], Usage()) for name in SHIPPED]
    kinds = {line: _kind(line) for estimate in estimates for line in estimate.lines if line.cost.most}
    yield f"| | {' | '.join(SHIPPED)} |"
    yield f"|---|{'---:|' * len(SHIPPED)}"
    for kind in dict.fromkeys([*_KINDS.values(), *sorted(kinds.values())]):
        sums = [total([line for line in each.lines if kinds.get(line) == kind]).expected for each in estimates]
        if any(sums):
            yield f"| {kind} | {' | '.join(money(usd) if usd else '-' for usd in sums)} |"
    yield f"| **sum** | {' | '.join(f'**{money(each.cost.expected)}**' for each in estimates)} |"
    yield f"| range of scaling | {' | '.join(_range(each.cost) for each in estimates)} |"
    spot = [Estimate.of(graphs[name], Usage(spot_discount=EXAMPLE_DISCOUNT)).cost.expected for name in SHIPPED]
    yield f"| with a Spot discount of {EXAMPLE_DISCOUNT:.0%} | {' | '.join(map(money, spot))} |"
    for size in ("small", "medium", "large"):
        used = [Estimate.of(graphs[name], Usage.read(size)).cost.expected for name in SHIPPED]
        yield f"| with `USAGE={size}` | {' | '.join(map(money, used))} |"
    yield ""


def _kind(line: Line) -> str:
    name = line.price.name if line.price else ""
    return next((kind for start, kind in _KINDS.items() if name.startswith(start)), "instances")


def _by_environment(graphs: Mapping[str, Graph]) -> Iterator[str]:
    yield "## Every environment"
    yield ""
    yield "| environment | Region | monthly cost | range | priced, free, unpriced resources | not in the sum |"
    yield "|---|---|---:|---:|---|---|"
    for name, graph in graphs.items():
        estimate = Estimate.of(graph, Usage())
        counts = ", ".join(str(len(estimate.having(each))) for each in (Status.PRICED, Status.FREE, Status.UNPRICED))
        without = "; ".join(sorted({what.removeprefix("AWS::") for _, what, _ in estimate.without_price()}))
        sums = f"{money(estimate.cost.expected)} | {_range(estimate.cost)}"
        yield f"| {name} | {estimate.stacks[0].region} | {sums} | {counts} | {without} |"
    yield ""


def _references(sandbox: Graph) -> Iterator[str]:
    usage, spot = Usage(), Usage(spot_discount=EXAMPLE_DISCOUNT)
    yield "## The sandbox beside public examples"
    yield ""
    yield "| | monthly cost |"
    yield "|---|---:|"
    for gives in ("shared", "ecs", "eks"):
        yield from (f"| {name} | {money(usd)} |" for name, usd in references.costs(gives, usage).items())
    own, own_spot = (Estimate.of(sandbox, each).cost.expected for each in (usage, spot))
    yield f"| **sandbox**, Spot Instances at the On-Demand price | **{money(own)}** |"
    yield f"| **sandbox**, with a Spot discount of {EXAMPLE_DISCOUNT:.0%} | **{money(own_spot)}** |"
    yield ""
    for kind, about in (("terraform", "the Terraform modules and blueprints"), ("", "all of them")):
        usd = references.cheapest(usage, kind)
        yield f"The cheapest of {about}, one for Amazon ECS and one for Amazon EKS in one VPC, is {money(usd)}:"
        yield f"the sandbox costs {own / usd:.0%} of it, and {own_spot / usd:.0%} with that Spot discount."
        yield ""


def _coverage(graphs: Mapping[str, Graph]) -> Iterator[str]:
    types = sorted({each.type for graph in graphs.values() for each in graph.resources})
    lists = {"priced": PRICED, "free": FREE, "unpriced": UNPRICED}
    yield "## Resource types"
    yield ""
    yield f"The {len(types)} types that occur in an environment or example, without `AWS::`:"
    yield ""
    yield "| | types |"
    yield "|---|---|"
    for name, known in lists.items():
        found = [each.removeprefix("AWS::") for each in types if each in known]
        yield f"| {name} ({len(found)}) | {', '.join(found)} |"


def _range(cost: Quantity) -> str:
    return f"{_dollars(cost.least)} to {_dollars(cost.most)}"


def _dollars(usd: float) -> str:
    return f"${usd:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
