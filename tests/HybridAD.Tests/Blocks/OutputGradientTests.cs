using HybridAD.Execution.Blocks.Gradients;

namespace HybridAD.Tests.Blocks;

/// <summary>What goes into the columns of a gradient, beside a search through all leaves for each column.</summary>
public sealed class OutputGradientTests
{
    [Fact]
    public void Columns_have_what_a_search_through_all_leaves_finds()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var leafCount = random.Next(1, 12);
            var shape = GradientShape.Of(Signature(random, leafCount), leafCount);
            var pattern = Pattern(random, random.Next(1, 5), leafCount);
            var gradients = OutputGradient.Of(pattern, shape);
            Assert.Equal(pattern.RowCount, gradients.Length);
            for (var output = 0; output < gradients.Length; output++)
            {
                var expected = Search(pattern, shape, output);
                Assert.True(expected.Keys.SequenceEqual(gradients[output].Columns), $"seed {seed}: columns of output {output}");
                foreach (var (column, terms) in expected)
                {
                    var found = gradients[output].Of(column);
                    Assert.True(
                        terms.Select(static term => term.Entry).SequenceEqual(found.Entries.ToArray()) &&
                        terms.Select(static term => term.Number).SequenceEqual(found.Numbers.ToArray()),
                        $"seed {seed}: column {column} of output {output}");
                }
            }
        }
    }

    private static SortedDictionary<int, List<(int Entry, int Number)>> Search(SparsityPattern pattern, GradientShape shape, int output)
    {
        var found = new SortedDictionary<int, List<(int, int)>>();
        for (var (leaf, at) = (0, 0); leaf < shape.LeafWidths.Length; at += shape.LeafWidths[leaf++])
            for (var number = 0; number < shape.LeafWidths[leaf]; number++)
            {
                var place = pattern.Row(output).IndexOf(leaf);
                if (place < 0)
                    continue;
                var column = shape.ColumnOf[at + number];
                if (!found.TryGetValue(column, out var terms))
                    found.Add(column, terms = []);
                terms.Add((pattern.RowStarts[output] + place, number));
            }
        return found;
    }

    private static List<int> Signature(Random random, int leafCount)
    {
        var signature = new List<int>();
        for (var leaf = 0; leaf < leafCount; leaf++)
            switch (random.Next(4))
            {
                case 0:
                    GradientShape.AddUnit(signature, random.Next(8));
                    break;
                case 1:
                    GradientShape.AddOutside(signature);
                    break;
                default:
                    // The columns of a kept gradient differ from each other.
                    var columns = Enumerable.Range(0, 8).OrderBy(_ => random.Next()).Take(random.Next(5)).ToArray();
                    GradientShape.AddWidth(signature, columns.Length);
                    signature.AddRange(columns);
                    break;
            }
        return signature;
    }

    private static SparsityPattern Pattern(Random random, int rowCount, int columnCount)
    {
        var (starts, columns) = (new List<int> { 0 }, new List<int>());
        for (var row = 0; row < rowCount; row++)
        {
            for (var column = 0; column < columnCount; column++)
                if (random.Next(2) == 0)
                    columns.Add(column);
            starts.Add(columns.Count);
        }
        return new(rowCount, columnCount, [.. starts], [.. columns]);
    }
}
