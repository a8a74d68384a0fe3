namespace HybridAD.Execution.Blocks.Steps;

/// <summary>How large tiles are.</summary>
internal static class TileSize
{
    /// <summary>Tiles of a step at most: enough that threads that are slowed down by others do less.</summary>
    public const int MostTiles = 64;

    /// <summary>What a tile takes at least: taking the next one costs a tenth of a microsecond, and more where several threads do.</summary>
    public const double Nanoseconds = 6000;

    /// <summary>The number of things in a tile, a multiple of some size.</summary>
    /// <param name="count">Number of all things.</param>
    /// <param name="nanosecondsEach">What one takes.</param>
    /// <param name="multiple">The size.</param>
    /// <param name="nanoseconds">What a tile takes at least.</param>
    public static int Of(int count, double nanosecondsEach, int multiple, double nanoseconds = Nanoseconds)
    {
        var tiles = (long)Math.Clamp(count * nanosecondsEach / nanoseconds, 1, MostTiles);
        var size = (count + tiles - 1) / tiles;
        return (int)Math.Min(int.MaxValue / 2, Math.Max(multiple, (size + multiple - 1) / multiple * multiple));
    }

    /// <summary>The number of tiles, one at least.</summary>
    public static int CountOf(int count, int size) => Math.Max(1, (int)(((long)count + size - 1) / size));
}
