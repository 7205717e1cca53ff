"""Training the paper's captioners: data on disk, the loop, the GAN, figures, what ships."""
