"""What everything that starts EC2 instances shares: launch template, volumes, images."""
