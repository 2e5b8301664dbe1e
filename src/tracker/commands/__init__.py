"""The CLI's commands, one file each: ``add_arguments(parser)`` and ``run(arguments) -> exit code``. Only ``tracker.cli`` imports them."""
