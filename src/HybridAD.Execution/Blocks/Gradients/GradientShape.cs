namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>What the gradients of the leaves of an instance have in common with those of the other instances of its part: their widths, and which columns coincide.</summary>
internal sealed class GradientShape
{
    /// <summary>Stands for the width of an input's gradient, which is the number 1.</summary>
    private const int Unit = -2;

    /// <summary>Stands for the width of a gradient that is multiplied outside the kernel.</summary>
    private const int Outside = -1;

    private GradientShape(int leafCount) => (LeafWidths, IsUnit) = (new int[leafCount], new bool[leafCount]);

    /// <summary>The width of every leaf's gradient as the kernel sees it: 1 for an input, 0 for one that is multiplied outside.</summary>
    public int[] LeafWidths { get; }

    /// <summary>Whether each leaf is an input, whose gradient is the number 1.</summary>
    public bool[] IsUnit { get; }

    /// <summary>The local column of every number of every leaf's gradient, leaf by leaf.</summary>
    public int[] ColumnOf { get; private set; } = [];

    /// <summary>Number of local columns.</summary>
    public int ColumnCount { get; private set; }

    /// <summary>Whether a gradient is multiplied outside the kernel.</summary>
    public bool IsWide { get; private set; }

    /// <summary>Writes an input, with its local column, into a signature.</summary>
    public static void AddUnit(List<int> signature, int column)
    {
        signature.Add(Unit);
        signature.Add(column);
    }

    /// <summary>Writes a leaf whose gradient is multiplied outside into a signature.</summary>
    public static void AddOutside(List<int> signature) => signature.Add(Outside);

    /// <summary>Writes the width of a kept gradient, whose local columns follow, into a signature; 0 for a leaf that nothing depends on.</summary>
    public static void AddWidth(List<int> signature, int width) => signature.Add(width);

    /// <summary>The shape of instances of which every used leaf is an input with a column of its own.</summary>
    public static GradientShape OfInputs(bool[] isUsed)
    {
        var signature = new List<int>();
        var column = 0;
        foreach (var used in isUsed)
            if (used)
                AddUnit(signature, column++);
            else
                AddWidth(signature, 0);
        return Of(signature, isUsed.Length);
    }

    /// <summary>Reads a signature: for every leaf the width of its gradient, then the local column of each number.</summary>
    public static GradientShape Of(List<int> signature, int leafCount)
    {
        var shape = new GradientShape(leafCount);
        var columnOf = new List<int>();
        for (var (leaf, at) = (0, 0); leaf < leafCount; leaf++)
        {
            var width = signature[at++];
            shape.IsWide |= width == Outside;
            shape.IsUnit[leaf] = width == Unit;
            shape.LeafWidths[leaf] = width == Unit ? 1 : Math.Max(0, width);
            for (var k = 0; k < shape.LeafWidths[leaf]; k++)
                columnOf.Add(signature[at++]);
        }
        shape.ColumnOf = [.. columnOf];
        shape.ColumnCount = columnOf.Count == 0 ? 0 : columnOf.Max() + 1;
        return shape;
    }
}
