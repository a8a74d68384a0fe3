namespace HybridAD.Primitives;

/// <summary>
/// The primitives themselves: every file of this folder adds its own field here, and the static constructor runs all their initialisers,
/// so that a new primitive needs no list to be edited.
/// </summary>
public static partial class Catalog
{
#pragma warning disable CA1810 // An explicit static constructor is the point: it makes initialisation precise.
    static Catalog()
    {
    }
#pragma warning restore CA1810

    /// <summary>Makes sure that all primitives are registered.</summary>
    internal static void Load()
    {
    }
}
