//! The media of a recording: a 16-bit PCM WAV with a quiet tone, as long as the recording.

const SAMPLE_RATE: u32 = 8_000;
/// Longer recordings are cut, so that one request cannot ask for gigabytes.
const LONGEST_SECONDS: u64 = 600;
/// One period of a 400 Hz tone at 8 kHz, a tenth of full scale.
const TONE: [i16; 20] = [
    0, 1012, 1926, 2650, 3116, 3276, 3116, 2650, 1926, 1012, 0, -1012, -1926, -2650, -3116, -3276, -3116,
    -2650, -1926, -1012,
];

/// Renders `seconds` of tone in 1 or 2 channels.
pub fn render(seconds: u64, channels: u16) -> Vec<u8> {
    let seconds = u32::try_from(seconds.min(LONGEST_SECONDS)).unwrap_or_default();
    let frame = u32::from(channels) * 2;
    let data_length = seconds * SAMPLE_RATE * frame;
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + data_length).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&channels.to_le_bytes());
    wav.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    wav.extend_from_slice(&(SAMPLE_RATE * frame).to_le_bytes());
    wav.extend_from_slice(&(channels * 2).to_le_bytes());
    wav.extend_from_slice(&16_u16.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&data_length.to_le_bytes());
    for sample in TONE.iter().cycle().take((seconds * SAMPLE_RATE) as usize) {
        for _ in 0..channels {
            wav.extend_from_slice(&sample.to_le_bytes());
        }
    }
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_the_truth_about_the_length() {
        for (seconds, channels) in [(1, 1), (3, 2)] {
            let wav = render(seconds, channels);
            let length = u32::from_le_bytes(wav[40..44].try_into().expect("four bytes"));
            assert_eq!(wav.len(), 44 + length as usize);
            assert_eq!(
                length,
                u32::try_from(seconds).expect("small") * SAMPLE_RATE * u32::from(channels) * 2
            );
        }
    }
}
