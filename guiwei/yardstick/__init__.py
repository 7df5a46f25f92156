"""The yardstick: replays what has a known truth and says how far off the product is (docs/eval.md).

Clips are found (`clips`), played by the same code as `guiwei replay` (`playing`), their persons told apart (`cast`) and
their incidents set against the expected ones (`matching`). Everything else measured is a `Sample`: an error with, where
the product gave one, its sigma. `figures` sums up, `floors` compares with stored figures, `page` shows it.
"""
