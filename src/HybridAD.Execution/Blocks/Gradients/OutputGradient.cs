namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>What the gradient of an output is made of: for each of its columns the entries of the local Jacobian that count into it, each with a number of the gradient of its leaf.</summary>
internal sealed class OutputGradient
{
    private readonly int[] _starts;
    private readonly int[] _entries;
    private readonly int[] _numbers;

    private OutputGradient(int[] columns, int[] starts, int[] entries, int[] numbers) => (Columns, _starts, _entries, _numbers) = (columns, starts, entries, numbers);

    /// <summary>The local columns that the output has, increasing.</summary>
    public int[] Columns { get; }

    /// <summary>The gradients of all outputs of a kernel.</summary>
    /// <param name="pattern">The pattern of its local Jacobian.</param>
    /// <param name="shape">The gradients of its leaves.</param>
    public static OutputGradient[] Of(SparsityPattern pattern, GradientShape shape)
    {
        var first = new int[shape.LeafWidths.Length];
        for (var leaf = 1; leaf < first.Length; leaf++)
            first[leaf] = first[leaf - 1] + shape.LeafWidths[leaf - 1];
        var gradients = new OutputGradient[pattern.RowCount];
        for (var output = 0; output < gradients.Length; output++)
            gradients[output] = Of(pattern, output, shape, first);
        return gradients;
    }

    private static OutputGradient Of(SparsityPattern pattern, int output, GradientShape shape, int[] first)
    {
        var count = 0;
        foreach (var leaf in pattern.Row(output))
            count += shape.LeafWidths[leaf];
        // By column, and in each column in the order of the leaves.
        var order = new long[count];
        var (entryOf, numberOf) = (new int[count], new int[count]);
        var at = 0;
        for (var entry = pattern.RowStarts[output]; entry < pattern.RowStarts[output + 1]; entry++)
        {
            var leaf = pattern.Columns[entry];
            for (var number = 0; number < shape.LeafWidths[leaf]; number++, at++)
                (order[at], entryOf[at], numberOf[at]) = (((long)shape.ColumnOf[first[leaf] + number] << 32) | (uint)at, entry, number);
        }
        Array.Sort(order);
        var (entries, numbers) = (new int[count], new int[count]);
        var (columns, starts) = (new List<int>(count), new List<int>(count + 1));
        for (var k = 0; k < count; k++)
        {
            var column = (int)(order[k] >> 32);
            if (columns.Count == 0 || columns[^1] != column)
            {
                columns.Add(column);
                starts.Add(k);
            }
            (entries[k], numbers[k]) = (entryOf[(int)order[k]], numberOf[(int)order[k]]);
        }
        starts.Add(count);
        return new([.. columns], [.. starts], entries, numbers);
    }

    /// <summary>The entries that count into a column, in the order of the leaves, each with the number of its leaf's gradient by which it is multiplied.</summary>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    public Terms Of(int column)
    {
        var k = Array.BinarySearch(Columns, column);
        return new(_entries.AsSpan(_starts[k].._starts[k + 1]), _numbers.AsSpan(_starts[k].._starts[k + 1]));
    }

    /// <summary>What counts into a column: entries, and numbers of the gradients of their leaves.</summary>
    internal readonly ref struct Terms(ReadOnlySpan<int> entries, ReadOnlySpan<int> numbers)
    {
        public ReadOnlySpan<int> Entries { get; } = entries;

        public ReadOnlySpan<int> Numbers { get; } = numbers;
    }
}
