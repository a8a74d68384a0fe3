namespace HybridAD.Execution.Blocks.Steps;

/// <summary>Where the sparse gradient of a slot is kept.</summary>
/// <param name="ColumnStart">Where its columns begin in the list of all columns.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="ValueStart">The position of the first number in the working memory.</param>
/// <param name="ValueStride">The distance of the numbers.</param>
internal readonly record struct GradientRow(int ColumnStart, int Width, int ValueStart, int ValueStride)
{
    /// <summary>Some neighbouring numbers of it.</summary>
    public GradientRow Part(int first, int width) => new(ColumnStart + first, width, ValueStart + first * ValueStride, ValueStride);
}
