"""The kit: what may be handed out to students, and nothing else.

contents  the files of the kit
folder    write them into a folder that holds only them
history   commit what changed
kit       put it all together
"""
