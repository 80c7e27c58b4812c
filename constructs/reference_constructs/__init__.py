"""CDK constructs for a container platform on AWS; each can be used alone in an app of your own."""
