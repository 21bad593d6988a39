/** Reads a film's or sound's headers; a cover that comes with it is written to `cover`. */
export type SoundTask = { input: string; mime: string; cover: string }

export type SoundFacts = {
  seconds: number | null
  /** In bits per second. */
  bitrate: number | null
  /** Of the picture, where there is one that moves. */
  width: number | null
  height: number | null
  hasVideo: boolean
  hasSound: boolean
  hasCover: boolean
}

export type SoundAnswer = SoundFacts | { fault: 'damaged' }
