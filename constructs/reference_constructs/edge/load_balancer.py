"""The Application Load Balancer that services share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as route53_targets
from constructs import Construct

from reference_constructs.ecs.access_log_bucket import AccessLogBucket
from reference_constructs.ecs.web_acl import WebAcl
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class DnsName:
    """A name in a public Route 53 hosted zone, for which a certificate and an alias record are made.

    Attributes:
        hosted_zone_id: Id of the zone that the world asks; with another the certificate waits for hours and fails.
        zone_name: Domain name of the zone.
        record_name: The name, in the zone.
    """

    hosted_zone_id: str
    zone_name: str
    record_name: str


class SharedLoadBalancer(Construct):
    """An Application Load Balancer that answers 404 until a service adds a rule.

    Each service adds its rule, its target group and its security group rules in a stack of its own, so nothing
    here changes when a service comes or goes. The security group lets nothing out by itself: each service opens
    the way to its own port.

    Attributes:
        load_balancer: The load balancer.
        listener: Where services add their rules: HTTPS, or HTTP where that was asked for.
        security_group: Its security group.
        access_log_bucket: One file for each node and five minutes; none without access logs.
    """

    load_balancer: elbv2.ApplicationLoadBalancer
    listener: elbv2.ApplicationListener
    security_group: ec2.SecurityGroup
    access_log_bucket: AccessLogBucket | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        allowed_cidrs: Sequence[str],
        internet_facing: bool = False,
        certificate_arn: str | None = None,
        dns_name: DnsName | None = None,
        plain_http: bool = False,
        web_acl: WebAcl | None = None,
        access_log_retention_days: int | None = 365,
        protected: bool = True,
    ) -> None:
        """Define the load balancer, with exactly one of `certificate_arn`, `dns_name` and `plain_http`.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            vpc: Its network.
            subnets: Public ones if it faces the internet, else private ones; two zones at least.
            allowed_cidrs: Client addresses that are admitted; none by default, so that forgetting it is safe.
            internet_facing: Give it public addresses. Changing it replaces the load balancer.
            certificate_arn: HTTPS with this certificate.
            dns_name: HTTPS with a certificate and an alias record that are made here.
            plain_http: No HTTPS at all. Must be asked for, so that a forgotten certificate is an error.
            web_acl: WAF in front of it.
            access_log_retention_days: How long access logs are kept; None turns them off. Their bucket must be
                emptied by hand before its stack can be deleted (`AccessLogBucket`).
            protected: Refuse deletion, and keep access logs when the stack is deleted.

        Raises:
            ValueError: If there is no way to serve, or more than one.
        """
        super().__init__(scope, construct_id)
        if [certificate_arn is not None, dns_name is not None, plain_http].count(True) != 1:
            raise ValueError("a load balancer needs exactly one of certificate_arn, dns_name and plain_http=True")
        self._vpc = vpc
        self._define_security_group(allowed_cidrs)
        self._define_load_balancer(subnets, internet_facing=internet_facing, protected=protected)
        self._define_access_logs(access_log_retention_days, protected=protected)
        if dns_name is not None:
            zone = self._import_hosted_zone(dns_name)
            self._define_https(self._define_certificate(dns_name, zone), allowed_cidrs)
            self._define_alias_record(dns_name, zone)
        elif certificate_arn is not None:
            imported = acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn)
            self._define_https(imported, allowed_cidrs)
        else:
            self._define_plain_http(allowed_cidrs)
        if web_acl is not None:
            web_acl.protect("LoadBalancer", self.load_balancer.load_balancer_arn)
        else:
            self._acknowledge_no_web_acl()

    def _define_security_group(self, allowed_cidrs: Sequence[str]) -> None:
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            description="Shared load balancer: allowed clients in, services open their own way out",
            allow_all_outbound=False,
        )
        if _ANYWHERE in allowed_cidrs:
            acknowledge(
                self.security_group,
                "EC23",
                packs=("AwsSolutions",),
                reason="A public web site: the environment file admits 0.0.0.0/0 in so many words. Nobody gets any "
                "further than the listeners of the load balancer.",
            )

    def _define_load_balancer(self, subnets: Sequence[ec2.ISubnet], *, internet_facing: bool, protected: bool) -> None:
        self.load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self._vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            internet_facing=internet_facing,
            security_group=self.security_group,
            deletion_protection=protected,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
        )
        if not protected:
            acknowledge(
                self.load_balancer,
                "ELBDeletionProtectionEnabled",
                packs=("NIST.800.53.R5", "HIPAA.Security"),
                reason="A disposable environment: `cdk destroy --all` must be able to delete it. protected: true turns "
                "deletion protection on.",
            )

    def _define_access_logs(self, retention_days: int | None, *, protected: bool) -> None:
        """Attributes by hand, because the L2 would write a policy of its own (`AccessLogBucket`)."""
        self.access_log_bucket = None
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

    def _define_certificate(self, dns_name: DnsName, zone: route53.IHostedZone) -> acm.Certificate:
        return acm.Certificate(
            self,
            "Certificate",
            domain_name=dns_name.record_name,
            validation=acm.CertificateValidation.from_dns(zone),
        )

    def _import_hosted_zone(self, dns_name: DnsName) -> route53.IHostedZone:
        return route53.HostedZone.from_hosted_zone_attributes(
            self, "HostedZone", hosted_zone_id=dns_name.hosted_zone_id, zone_name=dns_name.zone_name
        )

    def _define_https(self, certificate: acm.ICertificate, allowed_cidrs: Sequence[str]) -> None:
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            # "Security policies for your Application Load Balancer" recommends it: TLS 1.3 and 1.2, post-quantum keys.
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=_not_found(),
            open=False,
        )
        redirect = self.load_balancer.add_listener(
            "HttpRedirect",
            port=80,
            protocol=elbv2.ApplicationProtocol.HTTP,
            default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
            open=False,
        )
        self._allow_clients(allowed_cidrs, ports=(443, 80))
        acknowledge(
            redirect,
            "ELBv2ACMCertificateRequired",
            reason="This listener does nothing but redirect to HTTPS (301), which another rule of the same packs asks "
            "for; no request reaches a service through it.",
        )

    def _define_plain_http(self, allowed_cidrs: Sequence[str]) -> None:
        self.listener = self.load_balancer.add_listener(
            "Http", port=80, protocol=elbv2.ApplicationProtocol.HTTP, default_action=_not_found(), open=False
        )
        self._allow_clients(allowed_cidrs, ports=(80,))
        self._acknowledge_plain_http()

    def _allow_clients(self, cidrs: Sequence[str], *, ports: Sequence[int]) -> None:
        for cidr in cidrs:
            for port in ports:
                self.security_group.add_ingress_rule(
                    ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), f"Clients in {cidr} to port {port}"
                )

    def _define_alias_record(self, dns_name: DnsName, zone: route53.IHostedZone) -> None:
        route53.ARecord(
            self,
            "AliasRecord",
            zone=zone,
            record_name=dns_name.record_name,
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

    def _acknowledge_no_web_acl(self) -> None:
        acknowledge(
            self.load_balancer,
            "ALBWAFEnabled",
            packs=("NIST.800.53.R5", "PCI.DSS.321"),
            reason="WAF was turned off (web_acl: false): it costs more than the sandbox's load balancer traffic is "
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
