namespace HybridAD.Blocks;

/// <summary>Finds the blocks of a function, the same ones whenever it is asked.</summary>
internal interface IBlockSource
{
    /// <summary>The blocks; null where there are none.</summary>
    BlockGraph? Blocks { get; }
}
