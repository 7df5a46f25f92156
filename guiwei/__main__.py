"""`python -m guiwei`."""

from guiwei.command import main

main()
