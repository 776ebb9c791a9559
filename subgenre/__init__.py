"""A reproducible study of music subgenre classification.

Importing the package loads neither TensorFlow nor librosa: the modules that need them import them.
"""

__version__ = "0.1.0"
