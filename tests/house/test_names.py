"""The five packages are installed under short top-level names: nobody else may own one of them."""

from importlib.metadata import packages_distributions

OURS = ("guiwei", "pipelines", "api", "vision", "calibration", "models", "sample_videos")


def test_no_dependency_owns_one_of_our_names():
    owners = packages_distributions()
    for name in OURS:
        assert set(owners.get(name, ["guiwei"])) == {"guiwei"}, f"{name} is also installed by {owners[name]}"
