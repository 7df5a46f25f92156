"""The rules, pure: (state, message) -> (state, findings). One module a rule; docs/rules.md is made from them."""
