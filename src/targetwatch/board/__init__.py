"""The board: pages about the targets, rendered on the server from the newest snapshots, read-only."""
