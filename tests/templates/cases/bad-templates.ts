import type { BadTemplateCase } from './types.ts';

/** Templates that are rejected. The messages are those of textfsm 2.1.0. */
export const BAD_TEMPLATES: BadTemplateCase[] = [
  {
    name: 'no values section',
    template: 'Start\n  ^x\n',
    message: 'No Value definitions found.',
  },
  {
    name: 'a line that is no value',
    template: 'Value A (x)\nfoo\n\nStart\n',
    message: 'Expected blank line after last Value entry. Line: 2.',
  },
  {
    name: 'no Start',
    template: 'Value A (x)\n\nOther\n  ^x\n',
    message: "Missing state 'Start'.",
  },
  {
    name: 'empty',
    template: '',
    message: "Missing state 'Start'.",
  },
  {
    name: 'Value with two tokens',
    template: 'Value A\n\nStart\n',
    message: 'Expect at least 3 tokens on line. Line 1.',
  },
  {
    name: 'Value with two blanks',
    template: 'Value  A (x)\n\nStart\n',
    message: 'Unknown option "" Line 1.',
  },
  {
    name: 'Value without brackets',
    template: 'Value A x\n\nStart\n',
    message: 'Unknown option "A" Line 1.',
  },
  {
    name: 'Value that does not end in a bracket',
    template: 'Value A (x)y\n\nStart\n',
    message: "Value '(x)y' must be contained within a '()' pair. Line 1.",
  },
  {
    name: 'Value that ends in an escaped bracket',
    template: 'Value A (x\\)\n\nStart\n',
    message: "Value '(x\\)' must be contained within a '()' pair. Line 1.",
  },
  {
    name: 'unknown option',
    template: 'Value Foo A (x)\n\nStart\n',
    message: 'Unknown option "Foo" Line 1.',
  },
  {
    name: 'doubled option',
    template: 'Value List,List A (x)\n\nStart\n',
    message: 'Duplicate option "List" Line 1.',
  },
  {
    name: 'option in lower case',
    template: 'Value list A (x)\n\nStart\n',
    message: 'Unknown option "list" Line 1.',
  },
  {
    name: 'name of 49 characters',
    template: 'Value AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA (x)\n\nStart\n',
    message: "Invalid Value name 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' or name too long. Line 1.",
  },
  {
    name: 'doubled value',
    template: 'Value A (x)\nValue A (y)\n\nStart\n',
    message: "Duplicate declarations for Value 'A'. Line: 2.",
  },
  {
    name: 'bad expression in a value',
    template: 'Value A (x**)\n\nStart\n',
    message: 'multiple repeat at position 3 Line 1.',
  },
  {
    name: 'open bracket in a value',
    template: 'Value A ((x)\n\nStart\n',
    message: 'missing ), unterminated subpattern at position 0 Line 1.',
  },
  {
    name: 'state with a blank',
    template: 'Value A (x)\n\nStart now\n  ^x\n',
    message: "Invalid state name: 'Start now'. Line: 3",
  },
  {
    name: 'reserved state',
    template: 'Value A (x)\n\nStart\n\nRecord\n  ^x\n',
    message: "Invalid state name: 'Record'. Line: 5",
  },
  {
    name: 'doubled state',
    template: 'Value A (x)\n\nStart\n\nStart\n',
    message: "Duplicate state name: 'Start'. Line: 5",
  },
  {
    name: 'state of 49 characters',
    template: 'Value A (x)\n\nStart\n\nSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS\n',
    message: "Invalid state name: 'SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS'. Line: 5",
  },
  {
    name: 'rules in End',
    template: 'Value A (x)\n\nStart\n\nEnd\n  ^x\n',
    message: "Non-Empty 'End' state.",
  },
  {
    name: 'rules in EOF',
    template: 'Value A (x)\n\nStart\n\nEOF\n  ^x\n',
    message: "Non-Empty 'EOF' state.",
  },
  {
    name: 'unknown target',
    template: 'Value A (x)\n\nStart\n  ^x -> Nowhere\n',
    message: "State 'Nowhere' not found, referenced in state 'Start'",
  },
  {
    name: 'rule with three blanks',
    template: 'Value A (x)\n\nStart\n   ^x\n',
    message: "Missing white space or carat ('^') before rule. Line: 4",
  },
  {
    name: 'rule without ^',
    template: 'Value A (x)\n\nStart\n  x\n',
    message: "Missing white space or carat ('^') before rule. Line: 4",
  },
  {
    name: 'rule without blank',
    template: 'Value A (x)\n\nStart\n^x\n',
    message: "Missing white space or carat ('^') before rule. Line: 4",
  },
  {
    name: 'lone dollar',
    template: 'Value A (x)\n\nStart\n  ^x$\n',
    message: "Duplicate or invalid variable substitution: '^x$'. Line: 4.",
  },
  {
    name: 'unknown value',
    template: 'Value A (x)\n\nStart\n  ^${B}\n',
    message: "Duplicate or invalid variable substitution: '^${B}'. Line: 4.",
  },
  {
    name: 'dollar before a digit',
    template: 'Value A (x)\n\nStart\n  ^$1\n',
    message: "Duplicate or invalid variable substitution: '^$1'. Line: 4.",
  },
  {
    name: 'empty braces',
    template: 'Value A (x)\n\nStart\n  ^${}\n',
    message: "Duplicate or invalid variable substitution: '^${}'. Line: 4.",
  },
  {
    name: 'value twice in a rule',
    template: 'Value A (x)\n\nStart\n  ^${A}${A}\n',
    message: "Invalid regular expression: '^(?P<A>x)(?P<A>x)'. Line: 4.",
  },
  {
    name: 'Continue with a state',
    template: 'Value A (x)\n\nStart\n  ^x -> Continue Start\n',
    message: "Action 'Continue' with new state Start specified. Line: 4.",
  },
  {
    name: 'unknown operator',
    template: 'Value A (x)\n\nStart\n  ^x -> Next.Foo\n',
    message: "Badly formatted rule '^x -> Next.Foo'. Line: 4.",
  },
  {
    name: 'two words',
    template: 'Value A (x)\n\nStart\n  ^x -> Error two words\n',
    message: "Badly formatted rule '^x -> Error two words'. Line: 4.",
  },
  {
    name: 'quoted text without Error',
    template: 'Value A (x)\n\nStart\n  ^x -> "text"\n',
    message: 'Alphanumeric characters only in state names. Line: 4.',
  },
  {
    name: 'quoted text with Next',
    template: 'Value A (x)\n\nStart\n  ^x -> Next "text"\n',
    message: 'Alphanumeric characters only in state names. Line: 4.',
  },
  {
    name: 'operator without a blank',
    template: 'Value A (x)\n\nStart\n  ^x ->Record\n',
    message: "Badly formatted rule '^x ->Record'. Line: 4.",
  },
  {
    name: 'two operators',
    template: 'Value A (x)\n\nStart\n  ^x -> Record.Next\n',
    message: "Badly formatted rule '^x -> Record.Next'. Line: 4.",
  },
  {
    name: 'unknown escape',
    template: 'Value A (x)\n\nStart\n  ^\\h\n',
    message: "Invalid regular expression: '^\\h'. Line: 4.",
  },
  {
    name: 'range with a category',
    template: 'Value A (x)\n\nStart\n  ^[\\w-.]\n',
    message: "Invalid regular expression: '^[\\w-.]'. Line: 4.",
  },
  {
    name: 'look-behind of any width',
    template: 'Value A (x)\n\nStart\n  ^(?<=a+)b\n',
    message: "Invalid regular expression: '^(?<=a+)b'. Line: 4.",
  },
  {
    name: 'nothing to repeat',
    template: 'Value A (x)\n\nStart\n  ^*a\n',
    message: "Invalid regular expression: '^*a'. Line: 4.",
  },
  {
    name: 'global flags inside',
    template: 'Value A (x)\n\nStart\n  ^a(?i)b\n',
    message: "Invalid regular expression: '^a(?i)b'. Line: 4.",
  },
  {
    name: 'reference to an open group',
    template: 'Value A (x)\n\nStart\n  ^(a\\1)\n',
    message: "Invalid regular expression: '^(a\\1)'. Line: 4.",
  },
  {
    name: 'unbalanced',
    template: 'Value A (x)\n\nStart\n  ^a)\n',
    message: "Invalid regular expression: '^a)'. Line: 4.",
  },
  {
    name: 'range upside down',
    template: 'Value A (x)\n\nStart\n  ^[z-a]\n',
    message: "Invalid regular expression: '^[z-a]'. Line: 4.",
  },
  {
    name: 'min above max',
    template: 'Value A (x)\n\nStart\n  ^a{3,2}\n',
    message: "Invalid regular expression: '^a{3,2}'. Line: 4.",
  },
];
