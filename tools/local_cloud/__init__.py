"""Deploy an environment with the real CDK CLI and no AWS account (docs/adr/0011).

Two halves that never import each other: the modules of this folder run in the project's own virtual environment and
drive the CDK CLI; `emulator/` runs in `tools/local_cloud/.venv`, because ministack pins a botocore of its own.
"""
