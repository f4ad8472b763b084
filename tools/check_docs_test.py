#!/usr/bin/python3
"""Tests of check_docs.py."""
import os
import tempfile
import unittest

import check_docs


class LinksTest(unittest.TestCase):
    def check(self, text):
        """Checks README.md with this text, beside docs/formats.md."""
        with tempfile.TemporaryDirectory() as root:
            os.mkdir(os.path.join(root, "docs"))
            for path, content in (("README.md", text), ("docs/formats.md", "# Entry, v1\n## Leaf\n## Leaf\n[up](../README.md)\n")):
                with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                    f.write(content)
            self.assertEqual([], list(check_docs.check_links(os.path.join(root, "docs/formats.md"))))
            return list(check_docs.check_links(os.path.join(root, "README.md")))

    def test_good_links_pass(self):
        text = "# Top\n[a](docs/formats.md) [b](docs/formats.md#entry-v1 \"title\") [c](#top)\n"
        text += "[d](https://example.org/x) [e](mailto:a@b.c) ![f](docs/) [g][h]\n\n[h]: docs/formats.md#leaf-1\n"
        self.assertEqual([], self.check(text))

    def test_dead_links_are_named(self):
        self.assertEqual([(2, "gone.md: leads nowhere")], self.check("\n[a](gone.md)\n"))
        self.assertEqual([(1, "gone.md: leads nowhere")], self.check("[a]: gone.md\n"))
        self.assertEqual([(1, "gone.png: leads nowhere")], self.check("[![a](gone.png)](docs/)\n"))

    def test_dead_headings_are_named(self):
        self.assertEqual([(1, "#gone: no such heading")], self.check("[a](#gone)\n"))
        self.assertEqual([(1, "docs/formats.md#leaf-2: no such heading")], self.check("[a](docs/formats.md#leaf-2)\n"))

    def test_absolute_links_are_refused(self):
        self.assertEqual([(1, "/docs: links are relative")], self.check("[a](/docs)\n"))

    def test_code_is_no_link(self):
        self.assertEqual([], self.check("`[a](gone.md)`\n```\n[a](gone.md)\n```\n"))

    def test_fence_ends(self):
        self.assertEqual([(4, "gone.md: leads nowhere")], self.check("```sh\n[a](b)\n```\n[a](gone.md)\n"))


class WordsTest(unittest.TestCase):
    RULES = check_docs.read_words(["# comment", "", "ledgers?\tlog", "tree heads?\tcheckpoint", "sths?\tcheckpoint"])

    def check(self, text):
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "a.md")
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return list(check_docs.check_words(path, self.RULES))

    def test_words_are_found_in_prose_and_names(self):
        self.assertEqual([(2, '"Ledger": we say log')], self.check("\nA Ledger.\n"))
        self.assertEqual([(1, '"tree_head": we say checkpoint')], self.check("int tree_head;\n"))
        self.assertEqual([(1, '"STH": we say checkpoint')], self.check("kOld_STH\n"))

    def test_parts_of_words_are_no_words(self):
        self.assertEqual([], self.check("knowledgers, months, street headsets\n"))

    def test_quoting_is_allowed(self):
        self.assertEqual([], self.check("Elsewhere called a ledger. <!-- word-ok -->\n"))

    def test_the_list_itself_reads(self):
        self.assertGreater(len(check_docs.read_words(check_docs.read_lines("tools/words.txt"))), 5)


if __name__ == "__main__":
    unittest.main()
