"""The data set builder: artists, tracks, audio and lyrics, for anyone with their own keys.

`python -m training dataset plan|fetch|check|split|card CONFIG`; see docs/datasets.md. The four
steps are those of the paper (section 1.3). Data flows one way: `commands` calls `plan`, `fetch`,
`check`, `split` and `card`; these call the sources (`artists`, `tracks`, `audio`, `lyrics`,
`corpora`), which know nothing of the manifest.
"""
