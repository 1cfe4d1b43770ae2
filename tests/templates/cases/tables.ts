import type { RowsCase } from './types.ts';

/** The view of CliTable. The rows are what clitable of textfsm 2.1.0 gives. */
export const TABLES: RowsCase[] = [
  {
    name: 'lower-case keys, None and lists',
    template: 'Value Name (\\w+)\nValue List ITEMS (\\d+)\n\nStart\n  ^${Name}:(${ITEMS})?\n  ^-- -> Record\n',
    text: 'a:1\na:\n--\nb:2\n',
    rows: [
      { name: 'a', items: ['1', 'None'] },
      { name: 'b', items: ['2'] },
    ],
  },
  {
    name: 'objects of a List are written as Python writes them',
    template: 'Value List A ((?P<name>\\S+)\\s(?P<age>\\d+)?)\n\nStart\n  ^${A}$$\n',
    text: "it's 3\nx\"y' \na\\b 1\n\u00e9\u200b 2\n",
    rows: [
      {
        a: [
          "{'name': \"it's\", 'age': '3'}",
          "{'name': 'x\"y\\'', 'age': None}",
          "{'name': 'a\\\\b', 'age': '1'}",
          "{'name': '\u00e9\\u200b', 'age': '2'}",
        ],
      },
    ],
  },
];
