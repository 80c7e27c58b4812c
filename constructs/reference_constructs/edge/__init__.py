"""What stands in front of services: load balancer, web ACL, access logs."""
