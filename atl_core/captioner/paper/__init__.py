"""The captioners of "ATL: Audio to Lyrics" and of its reference 17, trained from nothing.

`lstm` is the paper's, `gru` that of Eren and Sert, "Audio captioning using gated recurrent units"
(2020). Both predict the next word of a line from the words so far and ten seconds of audio.

What the paper did and we do not, since it spoiled its results:

- Dropout was left on while generating. Here `load` puts the network into evaluation mode.
- The likeliest word was always taken, and a line depended on the audio alone, so that every line
  of a song was the same one. Here lines are sampled, many at a time, and chosen among.
- Models were pickled whole. Here weights are safetensors, with a vocabulary and a card.
- Spectrograms were all held in memory, until it was full. Here they are read from disk.
- "outro" and its like were learnt from the section tags of lyric sites. Here tags are taken out
  before training, and words that name a section are never drawn.
- Words of one letter were dropped, so that no line could say "I" or "a". Here they are kept; the
  paper's own spelling can be chosen in training.
"""
