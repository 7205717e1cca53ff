"""Language with no model: cleaning, pronunciation, syllables, rhyme, form, metrics, originality."""
