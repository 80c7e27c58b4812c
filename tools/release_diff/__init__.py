"""What a release would replace, delete, change and add, told from templates alone: `make diff-release BASE=<ref>`.

`cdk diff` answers that for what is deployed and needs credentials; this answers it for two commits, before anything
is deployed and with no account. Nothing that is deployed knows this package, and it knows nothing of the CDK: it
compares what two syntheses have written.

What CloudFormation cannot change in place is in `create_only_properties.json`, a small dated extract of the registry
schemas that cfn-lint ships. It is a file because cfn-lint lives in `tools/local_cloud/.venv` and nowhere else: so the
comparison needs one environment, and a reader sees in the file what a replacement is decided by. A test says when a
type of ours is not in it, another (of those that need the local cloud's environment) that it is current.
"""
