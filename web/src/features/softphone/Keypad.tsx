import Box from "@mui/material/Box";
import Button from "@mui/material/Button";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** The twelve keys of a phone. */
export function Keypad({ onPress }: { onPress: (key: string) => void }) {
  return (
    <Box sx={{ display: "grid", gridTemplateColumns: "repeat(3, 1fr)", gap: 0.5, mt: 1 }}>
      {KEYS.map((key) => (
        <Button key={key} variant="outlined" color="inherit" onClick={() => onPress(key)} sx={{ minHeight: 40 }}>
          {key}
        </Button>
      ))}
    </Box>
  );
}
