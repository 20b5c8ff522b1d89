//! One file or folder per export format: it recognises the format and reads it into records. It knows nothing of attack.
