"""The faces: pages, REST API and command line, each calling the same services."""
