"""Acts on the catalogue as a whole: bringing in the records of another one."""
