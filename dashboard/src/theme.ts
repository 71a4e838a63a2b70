import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** A quiet blue. White on the sixth and seventh, and the third on black, are 4.5 to 1 and more. */
const accent: MantineColorsTuple = [
  '#eef3ff',
  '#dde6fe',
  '#b9ccfb',
  '#93aff8',
  '#7598f5',
  '#5c86f2',
  '#3d6ae0',
  '#2f57c4',
  '#27499f',
  '#1f3a7d',
];

/** Neutral, with a breath of blue: borders, quiet text, and what dark surfaces are made of. */
const gray: MantineColorsTuple = [
  '#f8f9fb',
  '#f1f3f6',
  '#e6e9ee',
  '#d6dae1',
  '#b7bdc8',
  '#8d95a3',
  '#656e7d',
  '#4a5261',
  '#303744',
  '#1a1f29',
];

const dark: MantineColorsTuple = [
  '#dfe3ea',
  '#b6bdc9',
  '#98a1b0',
  '#5d6675',
  '#3b4350',
  '#2a313c',
  '#1f252e',
  '#151a21',
  '#10141a',
  '#0b0e13',
];

/** Warnings: a breath of it, not a shout. */
const yellow: MantineColorsTuple = [
  '#fefaf0',
  '#fdf2dc',
  '#f9e2b0',
  '#f3cd7e',
  '#e9b955',
  '#d79f2f',
  '#b98215',
  '#9a6a0a',
  '#8a5a00',
  '#6e4700',
];

/** White on its sixth and seventh is 4.5 to 1 and more. */
const red: MantineColorsTuple = [
  '#fdeeee',
  '#fbdada',
  '#f6b6b6',
  '#f19090',
  '#ea6868',
  '#dc4646',
  '#c93030',
  '#b42323',
  '#931b1b',
  '#771616',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { accent, gray, dark, red, yellow },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Coloured words on a coloured ground are hard to read.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontWeight: 600, fontSize: '1.0625rem', overflowWrap: 'anywhere' } },
    },
    // Its place for the focus is nothing that a menu may hold.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Skeleton: { defaultProps: { radius: 'md' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, fz: 'xs', events: { hover: true, focus: true, touch: true } } },
    Table: { defaultProps: { verticalSpacing: 9, horizontalSpacing: 11 } },
  },
});

/** Colours that Mantine's own would leave too pale to read. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-6)',
    '--mantine-color-error': 'var(--ks-bad)',
    '--mantine-color-placeholder': '#6f7886',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': 'var(--mantine-color-gray-9)',
    '--mantine-color-anchor': 'var(--mantine-color-accent-7)',
    '--ks-surface': 'var(--mantine-color-gray-0)',
    '--ks-line': 'var(--mantine-color-gray-2)',
    '--ks-good': '#146c3d',
    '--ks-warn': '#8a5a00',
    '--ks-bad': '#b42323',
    '--ks-good-soft': '#e6f5ec',
    '--ks-warn-soft': '#fdf2dc',
    '--ks-bad-soft': '#fdeaea',
    '--ks-quiet-soft': 'var(--mantine-color-gray-1)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-error': 'var(--ks-bad)',
    '--mantine-color-placeholder': '#87909f',
    '--mantine-color-body': 'var(--mantine-color-dark-8)',
    '--mantine-color-anchor': 'var(--mantine-color-accent-3)',
    '--ks-surface': 'var(--mantine-color-dark-7)',
    '--ks-line': 'var(--mantine-color-dark-5)',
    '--ks-good': '#5fd39a',
    '--ks-warn': '#e9b955',
    '--ks-bad': '#ff8e8e',
    '--ks-good-soft': '#12301f',
    '--ks-warn-soft': '#33270d',
    '--ks-bad-soft': '#3a1717',
    '--ks-quiet-soft': 'var(--mantine-color-dark-6)',
  },
});
