<powershell>
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
& $EKSBootstrapScriptFile -EKSClusterName 'blue' -APIServerEndpoint '<Endpoint>' -Base64ClusterCA '<CertificateAuthorityData>' -DNSClusterIP '172.20.0.10' -ServiceCIDR '172.20.0.0/16' -KubeletExtraArgs '--max-pods=20' 3>&1 4>&1 5>&1 6>&1
</powershell>
