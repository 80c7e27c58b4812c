"""ministack, with CloudFormation taught to check every resource and to know every resource type."""
