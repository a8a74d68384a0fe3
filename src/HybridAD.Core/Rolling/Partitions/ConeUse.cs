namespace HybridAD.Rolling.Partitions;

/// <summary>How a cone that others read is provided to them.</summary>
internal enum ConeUse : byte
{
    /// <summary>It is in one region with all of them.</summary>
    Joined,

    /// <summary>It is in a region whose results they read.</summary>
    Stage,

    /// <summary>Every region that reads it computes it again.</summary>
    Repeated,
}
