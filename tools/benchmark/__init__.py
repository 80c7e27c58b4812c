"""How long `cdk synth` takes, as a ratio to an empty app that is measured in the same run."""
