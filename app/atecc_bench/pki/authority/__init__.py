"""The certificate authority: root, signers, its folder."""
