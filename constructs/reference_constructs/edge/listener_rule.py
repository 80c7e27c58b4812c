"""Listener rules of an Application Load Balancer as the CDK and CloudFormation have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_actions as elbv2_actions
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.edge.listener_options import (
    AnyIdentityProviderOptions,
    FixedResponseOptions,
    OidcProviderOptions,
    RedirectOptions,
)
from reference_constructs.edge.listener_rule_options import (
    AuthenticationOptions,
    ListenerRuleConditions,
    ListenerRuleOptions,
    RewriteOptions,
)


class ListenerRule(elbv2.ApplicationListenerRule):
    """A listener rule with every condition of its options, and the rewrites of its transforms."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        listener: elbv2.IApplicationListener,
        options: ListenerRuleConditions,
        priority: int,
        action: elbv2.ListenerAction,
    ) -> None:
        """Define the rule.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            listener: That has the rule.
            options: Conditions, and rewrites if the rule forwards.
            priority: Unless the options state one.
            action: What happens to a request.
        """
        super().__init__(
            scope,
            construct_id,
            listener=listener,
            priority=options.priority or priority,
            conditions=_conditions(options),
            action=action,
        )
        if isinstance(options, ListenerRuleOptions):
            self._rewrite(options)

    def _rewrite(self, options: ListenerRuleOptions) -> None:
        """Escape hatch: the L2 has no transforms yet."""
        transforms: list[cdk.IResolvable | elbv2.CfnListenerRule.TransformProperty] = []
        if options.url_rewrite is not None:
            transforms.append(
                elbv2.CfnListenerRule.TransformProperty(
                    type="url-rewrite", url_rewrite_config=_rewrite_config(options.url_rewrite)
                )
            )
        if options.host_rewrite is not None:
            transforms.append(
                elbv2.CfnListenerRule.TransformProperty(
                    type="host-header-rewrite", host_header_rewrite_config=_rewrite_config(options.host_rewrite)
                )
            )
        if transforms:
            cast("elbv2.CfnListenerRule", self.node.default_child).transforms = transforms


def forward(
    target_groups: Sequence[elbv2.IApplicationTargetGroup],
    authentication: AuthenticationOptions | None,
    provider: AnyIdentityProviderOptions | None,
    scope: Construct,
) -> elbv2.ListenerAction:
    """The action that forwards requests, of authenticated users alone if that is asked for.

    Args:
        target_groups: Where requests go.
        authentication: How users are authenticated; None for every request.
        provider: Which identity provider does it; None without authentication.
        scope: Parent of what is imported, of this rule alone.

    Raises:
        ValueError: If there is authentication, but no identity provider.
    """
    action = elbv2.ListenerAction.forward(list(target_groups))
    if authentication is None:
        return action
    if provider is None:
        raise ValueError(f"the load balancer has no identity provider {authentication.identity_provider}")
    unauthenticated = elbv2.UnauthenticatedAction[authentication.on_unauthenticated_request.upper()]
    timeout = seconds(authentication.session_timeout_seconds)
    if isinstance(provider, OidcProviderOptions):
        return elbv2.ListenerAction.authenticate_oidc(
            next=action,
            issuer=provider.issuer,
            authorization_endpoint=provider.authorization_endpoint,
            token_endpoint=provider.token_endpoint,
            user_info_endpoint=provider.user_info_endpoint,
            client_id=provider.client_id,
            # A dynamic reference: the template has the ARN, and CloudFormation reads the secret.
            client_secret=cdk.SecretValue.secrets_manager(provider.client_secret_arn),
            on_unauthenticated_request=unauthenticated,
            scope=authentication.scope,
            session_timeout=timeout,
            # Opened where the security group is made, once for all services.
            allow_https_outbound=False,
        )
    return elbv2_actions.AuthenticateCognitoAction(
        next=action,
        user_pool=cognito.UserPool.from_user_pool_arn(scope, "Pool", provider.user_pool_arn),
        user_pool_client=cognito.UserPoolClient.from_user_pool_client_id(scope, "Client", provider.client_id),
        user_pool_domain=cognito.UserPoolDomain.from_domain_name(scope, "Domain", provider.domain),
        on_unauthenticated_request=unauthenticated,
        scope=authentication.scope,
        session_timeout=timeout,
        allow_https_outbound=False,
    )


def redirect(options: RedirectOptions) -> elbv2.ListenerAction:
    """The action that redirects requests.

    Args:
        options: Where to.
    """
    return elbv2.ListenerAction.redirect(
        host=options.host,
        path=options.path,
        query=options.query,
        port=None if options.port is None else str(options.port),
        permanent=options.permanent,
    )


def fixed_response(options: FixedResponseOptions) -> elbv2.ListenerAction:
    """The action that answers requests.

    Args:
        options: Which response.
    """
    return elbv2.ListenerAction.fixed_response(
        int(options.status_code), content_type=options.content_type, message_body=options.body
    )


def _conditions(options: ListenerRuleConditions) -> list[elbv2.ListenerCondition]:
    conditions = []
    if options.host_headers:
        conditions.append(elbv2.ListenerCondition.host_headers(list(options.host_headers)))
    if options.path_patterns:
        conditions.append(elbv2.ListenerCondition.path_patterns(list(options.path_patterns)))
    for name, values in options.http_headers.items():
        conditions.append(elbv2.ListenerCondition.http_header(name, list(values)))
    if options.http_request_methods:
        conditions.append(elbv2.ListenerCondition.http_request_methods(list(options.http_request_methods)))
    if options.query_strings:
        parameters = [elbv2.QueryStringCondition(key=each.key, value=each.value) for each in options.query_strings]
        conditions.append(elbv2.ListenerCondition.query_strings(parameters))
    if options.source_ips:
        conditions.append(elbv2.ListenerCondition.source_ips(list(map(str, options.source_ips))))
    return conditions


def _rewrite_config(options: RewriteOptions) -> elbv2.CfnListenerRule.RewriteConfigObjectProperty:
    return elbv2.CfnListenerRule.RewriteConfigObjectProperty(
        rewrites=[elbv2.CfnListenerRule.RewriteConfigProperty(regex=options.regex, replace=options.replace)]
    )
