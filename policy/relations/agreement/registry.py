"""Images, repositories, rules of the cache and templates of repositories have names that meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assembly import Graph
from policy.relations.identity.images import cache_rules, prefix, pulled_images
from policy.relations.relation import Misfit, relation


@relation("Templates to control repositories created during a pull through cache action: prefix")
def cache_rule_has_its_template(graph: Graph) -> Iterator[Misfit]:
    """Without a template of its prefix, repositories have defaults: mutable tags, no key of ours, no end."""
    templates = {str(each.get("Prefix")): each for each in graph.of_type("AWS::ECR::RepositoryCreationTemplate")}
    for rule in cache_rules(graph):
        # The longest matching prefix wins; ROOT matches what no other does.
        found = max((each for each in templates if f"{prefix(rule)}/".startswith(f"{each}/")), key=len, default="ROOT")
        template = templates.get(found)
        if template is None or "PULL_THROUGH_CACHE" not in template.list("AppliedFor"):
            yield Misfit(
                resource=rule,
                finding=f"no creation template is applied for the pull through cache below {prefix(rule)}",
                fix="add one with that prefix, applied for PULL_THROUGH_CACHE",
            )
    for name, template in templates.items():
        applied = "PULL_THROUGH_CACHE" in template.list("AppliedFor") and cache_rules(graph)
        if (
            applied
            and name != "ROOT"
            and not any(f"{prefix(rule)}/".startswith(f"{name}/") for rule in cache_rules(graph))
        ):
            yield Misfit(
                resource=template,
                finding=f"no rule of the cache is below {name}",
                fix=f"use a prefix of {', '.join(map(prefix, cache_rules(graph)))}",
            )


@relation("Pull an image with a pull through cache rule in Amazon ECR; Use Amazon ECR images with Amazon ECS")
def image_is_in_a_registry_of_the_stacks(graph: Graph) -> Iterator[Misfit]:
    """The image is not found: tasks stop with CannotPullContainerError until the deployment fails."""
    repositories = {str(each.get("RepositoryName", "")) for each in graph.of_type("AWS::ECR::Repository")}
    prefixes = list(map(prefix, cache_rules(graph)))
    # Names of an environment begin alike; with another beginning, a repository is not of the stacks.
    alike = {name.partition("/")[0] for name in (*repositories, *prefixes) if "/" in name and "${" not in name}
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        for image in pulled_images(graph, definition):
            ours = f":{graph.account(definition.stack)}:repository/" in str(image.repository)
            missing = image.name not in repositories and image.cache_rule is None
            if ours and missing and image.name.partition("/")[0] in alike:
                yield Misfit(
                    resource=definition,
                    finding=f"container {image.container} is of {image.name}, which no stack has",
                    fix=f"use one of {', '.join(sorted(repositories))}, or a name below {', '.join(prefixes)}",
                )


@relation("Lifecycle policy properties in Amazon ECR: rulePriority, tagStatus, countType")
def lifecycle_policy_keeps_what_is_in_use(graph: Graph) -> Iterator[Misfit]:
    """A tagged image that expires by its age is gone while tasks run it, so no task can be replaced or rolled back."""
    for resource in graph.of_type("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate"):
        text = str(resource.get("LifecyclePolicy.LifecyclePolicyText") or resource.get("LifecyclePolicy") or "{}")
        rules = _rules(text)
        selections = {int(each.get("rulePriority", 0)): each.get("selection", {}) for each in rules}
        if len(selections) < len(rules):
            yield Misfit(resource=resource, finding="two lifecycle rules have one priority", fix="give each its own")
        for priority, selection in selections.items():
            status = selection.get("tagStatus")
            if status == "any" and priority != max(selections):
                finding = f"the rule for any tag has priority {priority}, before others"
                yield Misfit(resource=resource, finding=finding, fix="give it the highest number")
            if status != "untagged" and selection.get("countType") == "sinceImagePushed":
                finding = f"images with tag status {status} expire {selection.get('countNumber')} days after their push"
                yield Misfit(resource=resource, finding=finding, fix="keep a number of images (imageCountMoreThan)")
            if status != "untagged" and selection.get("countType") == "imageCountMoreThan":
                number = int(selection.get("countNumber", 0))
                if number < _IMAGES_IN_USE:
                    finding = (
                        f"of images with tag status {status}, {number} is kept, and a push expires the one that runs"
                    )
                    yield Misfit(resource=resource, finding=finding, fix="keep more images")


# The one that runs, and the one that is being deployed.
_IMAGES_IN_USE = 2


def _rules(text: str) -> list[dict[str, Any]]:
    try:
        rules = json.loads(text).get("rules", [])
    except (ValueError, AttributeError):
        return []
    return [each for each in rules if isinstance(each, dict)]


@relation("CreatePullThroughCacheRule, Amazon ECR API Reference: ecrRepositoryPrefix")
def cache_rules_do_not_overlap(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECR refuses two rules with one prefix, and two for one upstream are one too many to maintain."""
    seen: dict[str, str] = {}
    for rule in cache_rules(graph):
        for value in (prefix(rule), str(rule.get("UpstreamRegistryUrl"))):
            if value in seen:
                finding = f"{seen[value]} is for {value}, too"
                yield Misfit(resource=rule, finding=finding, fix="keep one of the two")
            seen.setdefault(value, rule.logical_id)


# "Creating a pull through cache rule": of the others, images are public.
_WITH_CREDENTIALS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com", ".azurecr.io", "cgr.dev")


@relation("Creating a pull through cache rule in Amazon ECR: upstream registries that require authentication")
def cache_rule_has_the_credentials_of_its_registry(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECR refuses a rule for such a registry without the ARN of a secret."""
    for rule in cache_rules(graph):
        url = str(rule.get("UpstreamRegistryUrl"))
        if url.endswith(_WITH_CREDENTIALS) and not rule.get("CredentialArn"):
            yield Misfit(
                resource=rule,
                finding=f"{url} requires authentication, and there is no CredentialArn",
                fix="state a secret whose name begins with ecr-pullthroughcache/",
            )
