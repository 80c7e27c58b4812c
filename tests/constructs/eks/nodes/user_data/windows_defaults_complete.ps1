<powershell>
[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
& $EKSBootstrapScriptFile -EKSClusterName 'blue' -APIServerEndpoint 'https://EXAMPLE.gr7.eu-west-1.eks.amazonaws.com' -Base64ClusterCA 'Y2VydGlmaWNhdGU=' -DNSClusterIP '172.20.0.10' -ServiceCIDR '172.20.0.0/16' 3>&1 4>&1 5>&1 6>&1
</powershell>
