"""Write marks into files that learning platforms import.

export      one export: from the gradebook to a file
options     which scores are exported, and how they are written
students    whose row is whose
sheet       a table whose other cells stay as they are, byte for byte
platforms   the columns of each platform's own gradebook, to be filled in
tables      new tables, without a platform's gradebook
results     Gradescope's results.json
"""
