"""A reproducible study of music subgenre classification.

Importing the package loads neither TensorFlow nor librosa: the modules that need them import them.
"""

from subgenre.plumbing.surroundings import settle

__version__ = "0.1.0"

settle()
