"""The Application Load Balancer that services share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from itertools import product
from typing import cast

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as route53_targets
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.edge.access_log_bucket import AccessLogBucket
from reference_constructs.edge.listener_options import HTTPS_PORT, MutualTlsOptions
from reference_constructs.edge.listener_rule import ListenerRule, fixed_response, redirect
from reference_constructs.edge.listener_rule_options import ListenerRuleConditions
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.edge.web_acl import WebAcl
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, acknowledge_relation
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_ANYWHERE = IPv4Network("0.0.0.0/0")
_ADDRESS_TYPES: Mapping[str, str] = {
    "dualstack": "DUAL_STACK",
    "dualstack-without-public-ipv4": "DUAL_STACK_WITHOUT_PUBLIC_IPV4",
}


class SharedLoadBalancer(Construct):
    """An Application Load Balancer that answers 404 until a service adds a rule.

    Each service adds its listener rule and its target group in a stack of its own, so nothing here changes when a
    service comes or goes. The security group lets out to one place: the group of targets, which each service gives its
    tasks beside a group of their own. A rule for each service would end at the quota of 60 for a security group
    ("Amazon VPC quotas").

    Attributes:
        load_balancer: The load balancer.
        listener: Where services add their rules: HTTPS, or HTTP where that was asked for.
        security_group: Its security group.
        target_security_group: Security group of whatever it forwards requests to; it lets nothing in or out by itself.
        access_log_bucket: One file for each node and five minutes; none without access logs.
    """

    load_balancer: elbv2.ApplicationLoadBalancer
    listener: elbv2.ApplicationListener
    security_group: ec2.SecurityGroup
    target_security_group: ec2.SecurityGroup
    access_log_bucket: AccessLogBucket | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        options: LoadBalancerOptions,
        certificate: acm.ICertificate | None = None,
        additional_certificates: Sequence[acm.ICertificate] = (),
        hosted_zone: route53.IHostedZone | None = None,
        web_acl: WebAcl | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the load balancer, with exactly one of `certificate`, `hosted_zone`, and `options.plain_http`.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Its network.
            subnets: Public ones if it faces the internet, else private ones; two zones at least.
            options: Scheme, clients, and access logs.
            certificate: HTTPS with this certificate.
            additional_certificates: Further ones, for clients that ask for another name (SNI).
            hosted_zone: HTTPS with a certificate for `options.record_name` and an alias record, which are created here.
                The zone must be the one that the domain is delegated to; with another the certificate waits for its
                validation for hours and fails.
            web_acl: Web ACL in front of the load balancer, unless `options` have the ARN of one.
            retention: Whether deletion protection is on, and access logs outlive the stack.

        Raises:
            ValueError: If there is no way to serve, or more than one; if a hosted zone has no record name; if there are
                client certificates without HTTPS, or not exactly one trust store.
        """
        super().__init__(scope, construct_id)
        if [certificate is not None, hosted_zone is not None, options.plain_http].count(True) != 1:
            raise ValueError("a load balancer needs exactly one of certificate, hosted_zone, and plain_http=True")
        if (hosted_zone is None) != (options.record_name is None):
            raise ValueError("a load balancer needs both hosted_zone and record_name, or neither")
        self._vpc = vpc
        self._options = options
        self._define_security_group()
        self._define_load_balancer(subnets, protected=retention.protected)
        self._define_access_logs(protected=retention.protected)
        if hosted_zone is not None and options.record_name is not None:
            self._define_https(self._define_certificate(options.record_name, hosted_zone))
            self._define_alias_record(options.record_name, hosted_zone)
        elif certificate is not None:
            self._define_https(certificate)
        else:
            self._define_plain_http()
        if additional_certificates:
            self.listener.add_certificates("Certificates", list(additional_certificates))
        self._allow_identity_providers()
        self._acknowledge_closed_to_cloudfront()
        self._define_response_headers()
        self._define_own_rules()
        self._associate_web_acl(web_acl)

    def _define_security_group(self) -> None:
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            # As it was when services opened the way: another description replaces the group.
            description="Shared load balancer: allowed clients in, services open their own way out",
            allow_all_outbound=False,
        )
        self.target_security_group = ec2.SecurityGroup(
            self,
            "TargetSecurityGroup",
            vpc=self._vpc,
            description="Targets of the shared load balancer: where it can connect to, if their own group lets it",
            allow_all_outbound=False,
        )
        # L1, because the L2 would take the only inline rule from the group, which then lets everything out.
        ec2.CfnSecurityGroupEgress(
            self,
            "EgressToTargets",
            group_id=self.security_group.security_group_id,
            destination_security_group_id=self.target_security_group.security_group_id,
            ip_protocol="tcp",
            from_port=0,
            to_port=65535,
            description="Targets, at the ports that they open themselves",
        )
        if _ANYWHERE in self._options.allowed_cidrs or "::/0" in self._options.allowed_ipv6_cidrs:
            acknowledge(
                self.security_group,
                "EC23",
                packs=("AwsSolutions",),
                reason="A public web site: the environment file admits 0.0.0.0/0 explicitly. Nobody gets any "
                "further than the listeners of the load balancer.",
            )

    def _define_load_balancer(self, subnets: Sequence[ec2.ISubnet], *, protected: bool) -> None:
        options = self._options
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self._vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            internet_facing=self._options.scheme == "internet-facing",
            security_group=self.security_group,
            deletion_protection=protected,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            ip_address_type=None
            if options.ip_address_type == "ipv4"
            else elbv2.IpAddressType[_ADDRESS_TYPES[options.ip_address_type]],
            idle_timeout=None if options.idle_timeout_seconds is None else seconds(options.idle_timeout_seconds),
            client_keep_alive=None
            if options.client_keep_alive_seconds is None
            else seconds(options.client_keep_alive_seconds),
            xff_header_processing_mode=None
            if options.x_forwarded_for == "append"
            else elbv2.XffHeaderProcessingMode[options.x_forwarded_for.upper()],
            preserve_host_header=options.preserve_host_header or None,
        )
        if not protected:
            acknowledge(
                self.load_balancer,
                "ELBDeletionProtectionEnabled",
                packs=("NIST.800.53.R5", "HIPAA.Security"),
                reason="A disposable environment: `cdk destroy --all` must be able to delete it. protected: true turns "
                "deletion protection on.",
            )

    def _define_access_logs(self, *, protected: bool) -> None:
        """Attributes by hand, because the L2 would write a policy of its own (`AccessLogBucket`)."""
        self.access_log_bucket = None
        retention_days = self._options.access_log_retention_days
        if retention_days is None:
            self._acknowledge_no_access_logs()
            return
        self.access_log_bucket = AccessLogBucket(
            self, "AccessLogBucket", retention_days=retention_days, protected=protected
        )
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", self.access_log_bucket.bucket_name)
        if self.access_log_bucket.policy is not None:
            # The load balancer writes a test file at once, and fails without the permission.
            self.load_balancer.node.add_dependency(self.access_log_bucket.policy)

    def _define_certificate(self, record_name: str, zone: route53.IHostedZone) -> acm.Certificate:
        return acm.Certificate(
            self, "Certificate", domain_name=record_name, validation=acm.CertificateValidation.from_dns(zone)
        )

    def _define_https(self, certificate: acm.ICertificate) -> None:
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            # "Security policies for your Application Load Balancer" recommends it: TLS 1.3 and 1.2, post-quantum keys.
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=_not_found(),
            open=False,
            mutual_authentication=self._define_mutual_tls(),
        )
        if not self._reaches_port_80:
            self._allow_clients(ports=(443,))
            return
        redirect_to_https = self.load_balancer.add_listener(
            "HttpRedirect",
            port=80,
            protocol=elbv2.ApplicationProtocol.HTTP,
            default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
            open=False,
        )
        self._allow_clients(ports=(443, 80))
        acknowledge(
            redirect_to_https,
            "ELBv2ACMCertificateRequired",
            reason="This listener does nothing but redirect to HTTPS (301), which another rule of the same packs asks "
            "for; no request reaches a service through it.",
        )

    @property
    def _reaches_port_80(self) -> bool:
        """Clients of prefix lists and security groups alone come to the port of HTTPS (`_allow_clients`)."""
        options = self._options
        blocks = options.allowed_cidrs or options.allowed_ipv6_cidrs
        return bool(blocks or not (options.allowed_prefix_list_ids or options.allowed_security_group_ids))

    def _define_plain_http(self) -> None:
        self.listener = self.load_balancer.add_listener(
            "Http", port=80, protocol=elbv2.ApplicationProtocol.HTTP, default_action=_not_found(), open=False
        )
        self._allow_clients(ports=(80,))
        self._acknowledge_plain_http()

    def _allow_clients(self, *, ports: Sequence[int]) -> None:
        peers = {str(cidr): ec2.Peer.ipv4(str(cidr)) for cidr in self._options.allowed_cidrs}
        peers |= {cidr: ec2.Peer.ipv6(cidr) for cidr in self._options.allowed_ipv6_cidrs}
        peers |= {group: ec2.Peer.security_group_id(group) for group in self._options.allowed_security_group_ids}
        for name, peer in peers.items():
            for port in ports:
                self.security_group.add_ingress_rule(peer, ec2.Port.tcp(port), f"Clients in {name} to port {port}")
        for name in self._options.allowed_prefix_list_ids:
            # One port alone: a prefix list counts as many rules as it can have entries.
            self.security_group.add_ingress_rule(
                ec2.Peer.prefix_list(name), ec2.Port.tcp(ports[0]), f"Clients in {name} to port {ports[0]}"
            )

    def _define_mutual_tls(self) -> elbv2.MutualAuthentication | None:
        options = self._options.mutual_tls
        if options is None:
            return None
        if options.mode == "passthrough":
            return elbv2.MutualAuthentication(mutual_authentication_mode=elbv2.MutualAuthenticationMode.PASS_THROUGH)
        return elbv2.MutualAuthentication(
            mutual_authentication_mode=elbv2.MutualAuthenticationMode.VERIFY,
            trust_store=self._define_trust_store(options),
            ignore_client_certificate_expiry=options.accept_expired_certificates or None,
            advertise_trust_store_ca_names=options.advertise_ca_names or None,
        )

    def _define_trust_store(self, options: MutualTlsOptions) -> elbv2.ITrustStore:
        bucket, key = options.ca_bundle_bucket, options.ca_bundle_key
        if options.trust_store_arn is not None:
            return elbv2.TrustStore.from_trust_store_arn(self, "TrustStore", options.trust_store_arn)
        if bucket is None or key is None:
            raise ValueError("client certificates need trust_store_arn, or ca_bundle_bucket with ca_bundle_key")
        return elbv2.TrustStore(
            self,
            "TrustStore",
            bucket=s3.Bucket.from_bucket_name(self, "CaBundles", bucket),
            key=key,
            version=options.ca_bundle_version,
        )

    def _allow_identity_providers(self) -> None:
        """The way out to them, once for all services: no service adds a rule to the group of the load balancer."""
        if not self._options.identity_providers:
            return
        peers = {"Ipv4": {"cidr_ip": "0.0.0.0/0"}}
        if self._options.ip_address_type != "ipv4":
            peers["Ipv6"] = {"cidr_ipv6": "::/0"}
        ports = {port for each in self._options.identity_providers.values() for port in each.ports}
        for (family, peer), port in product(peers.items(), sorted(ports)):
            ec2.CfnSecurityGroupEgress(
                self,
                f"EgressToIdentityProviders{family}{'' if port == HTTPS_PORT else port}",
                group_id=self.security_group.security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description="Token and user info endpoints of identity providers",
                **peer,
            )

    def _define_response_headers(self) -> None:
        """Escape hatch: the L2 of the listener has no attributes yet."""
        headers = self._options.response_headers
        if headers is None:
            return
        values = {
            f"routing.http.response.{name}.header_value": "true" if value is True else value
            for name, value in headers.model_dump(exclude={"server"}).items()
            if value not in (None, False)
        }
        if not headers.server:
            values["routing.http.response.server.enabled"] = "false"
        cast("elbv2.CfnListener", self.listener.node.default_child).listener_attributes = [
            elbv2.CfnListener.ListenerAttributeProperty(key=key, value=value) for key, value in values.items()
        ]

    def _define_own_rules(self) -> None:
        for name, rule in self._options.redirects.items():
            priority = rule.rule_priority(f"redirects/{name}")
            self._add_rule(f"Redirect-{name}", rule, priority, redirect(rule))
        for name, answer in self._options.fixed_responses.items():
            priority = answer.rule_priority(f"fixed_responses/{name}")
            self._add_rule(f"FixedResponse-{name}", answer, priority, fixed_response(answer))

    def _add_rule(
        self, construct_id: str, options: ListenerRuleConditions, priority: int, action: elbv2.ListenerAction
    ) -> None:
        ListenerRule(self, construct_id, listener=self.listener, options=options, priority=priority, action=action)

    def _define_alias_record(self, record_name: str, zone: route53.IHostedZone) -> None:
        route53.ARecord(
            self,
            "AliasRecord",
            zone=zone,
            record_name=record_name,
            target=route53.RecordTarget.from_alias(route53_targets.LoadBalancerTarget(self.load_balancer)),
        )
        if self._options.ip_address_type != "ipv4":
            route53.AaaaRecord(
                self,
                "Ipv6AliasRecord",
                zone=zone,
                record_name=record_name,
                target=route53.RecordTarget.from_alias(route53_targets.LoadBalancerTarget(self.load_balancer)),
            )

    def _acknowledge_plain_http(self) -> None:
        reason = (
            "Plain HTTP was asked for (plain_http: true): a sandbox has no domain name to get a certificate for. "
            "Only allowed_cidrs reach it. certificate_arn or hosted_zone gives HTTPS and a redirect."
        )
        acknowledge(self.listener, "ALBHttpToHttpsRedirection", reason=reason)
        acknowledge(self.listener, "ELBv2ACMCertificateRequired", reason=reason)
        acknowledge_guard_rule(self.listener, "elb_listener_is_https_or_redirects_to_it", reason=reason)

    def _associate_web_acl(self, web_acl: WebAcl | None) -> None:
        options = self._options.web_acl
        if web_acl is not None:
            web_acl.protect("LoadBalancer", self.load_balancer.load_balancer_arn)
        elif options is not None and options.arn is not None:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAclAssociation",
                resource_arn=self.load_balancer.load_balancer_arn,
                web_acl_arn=options.arn,
            )
        else:
            self._acknowledge_no_web_acl()

    def _acknowledge_closed_to_cloudfront(self) -> None:
        options = self._options
        if options.cloudfront and not (options.allowed_prefix_list_ids or options.allowed_security_group_ids):
            acknowledge_relation(
                self.load_balancer,
                "vpc_origin_is_let_in",
                reason="Nobody is let in who comes by CloudFront, as long as allowed_prefix_list_ids and "
                "allowed_security_group_ids are empty: the file has a warning about it.",
            )

    def _acknowledge_no_web_acl(self) -> None:
        acknowledge(
            self.load_balancer,
            "ALBWAFEnabled",
            packs=("NIST.800.53.R5", "PCI.DSS.321"),
            reason="WAF was turned off (web_acl: null): it costs more than the sandbox's load balancer traffic is "
            "worth, and only allowed_cidrs reach it. It is on by default.",
        )

    def _acknowledge_no_access_logs(self) -> None:
        reason = (
            "Access logs were turned off: their bucket cannot be deleted while it holds any, and a disposable "
            "environment must leave nothing behind (docs/adr/0004). VPC flow logs record every connection."
        )
        acknowledge(self.load_balancer, "ELB2", packs=("AwsSolutions",), reason=reason)
        acknowledge(self.load_balancer, "ELBLoggingEnabled", reason=reason)


def _not_found() -> elbv2.ListenerAction:
    return elbv2.ListenerAction.fixed_response(404, content_type="text/plain", message_body="No such service\n")
