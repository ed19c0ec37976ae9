import { createTheme } from "@mui/material/styles";

/** Calm teal, generous contrast (WCAG AA in both schemes), no shadows where a line will do. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: "data-scheme", nativeColor: false },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#0b6e6e" },
        secondary: { main: "#5b4bb5" },
        success: { main: "#1b7a3d" },
        warning: { main: "#9a5b00" },
        error: { main: "#b3261e" },
        info: { main: "#0b5fa5" },
        background: { default: "#f5f7f7", paper: "#ffffff" },
        text: { primary: "#17211f", secondary: "#4c5a58" },
      },
    },
    dark: {
      palette: {
        primary: { main: "#5fd0c8" },
        secondary: { main: "#b7adff" },
        success: { main: "#6fd695" },
        warning: { main: "#f2b35e" },
        error: { main: "#ff8a80" },
        info: { main: "#7fc0ff" },
        background: { default: "#101616", paper: "#182020" },
        text: { primary: "#e8efee", secondary: "#a9b8b6" },
      },
    },
  },
  shape: { borderRadius: 10 },
  typography: {
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
    h5: { fontWeight: 650, letterSpacing: "-0.01em" },
    h6: { fontWeight: 600 },
    button: { textTransform: "none", fontWeight: 600 },
  },
  components: {
    // Who asks for little motion gets none: nothing slides or unfolds, it is just there.
    MuiCssBaseline: {
      styleOverrides: {
        "@media (prefers-reduced-motion: reduce)": {
          "*, *::before, *::after": { transitionDuration: "0.01ms !important", transitionDelay: "0s !important" },
        },
      },
    },
    MuiButton: { defaultProps: { disableElevation: true } },
    MuiPaper: { defaultProps: { variant: "outlined" } },
    MuiAppBar: { defaultProps: { variant: "elevation" } },
    MuiDialog: { defaultProps: { fullWidth: true, maxWidth: "sm" } },
    MuiTextField: { defaultProps: { size: "small" } },
    MuiInputBase: { styleOverrides: { input: { "&::placeholder": { opacity: 0.7 } } } },
    MuiSelect: { defaultProps: { size: "small" } },
    MuiTableCell: { styleOverrides: { head: { fontWeight: 600 } } },
    MuiButtonBase: { styleOverrides: { root: { "&.Mui-focusVisible": { outline: "2px solid", outlineOffset: 2 } } } },
  },
});
