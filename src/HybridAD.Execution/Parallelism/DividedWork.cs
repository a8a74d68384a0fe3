namespace HybridAD.Execution.Parallelism;

/// <summary>Work in tiles that several threads can do at the same time, in any order.</summary>
internal abstract class DividedWork
{
    /// <summary>Does a tile.</summary>
    /// <param name="tile">Its number.</param>
    /// <param name="member">The number of the thread that does it in its team, 0 for the calling one; a thread does one tile after the other.</param>
    public abstract void RunTile(int tile, int member);
}
