namespace LstmSharp.Randomness;

/// <summary>What random numbers are drawn for: part of their key, so that no purpose sees another's numbers. The values are part of
/// the bits of every result: new purposes get new ones.</summary>
internal enum RandomPurpose : byte
{
    /// <summary>A layer's first weights; the place is the layer's in its model.</summary>
    Weights = 1,

    /// <summary>The order of the samples; counted by epoch.</summary>
    Shuffle = 2,

    /// <summary>Which values a layer drops; the place is the layer's in its model.</summary>
    Dropout = 3,

    /// <summary>Which values of the hidden state a layer hides from its recurrent weights.</summary>
    RecurrentDropout = 4,

    /// <summary>Which values of the hidden state stay as they were.</summary>
    Zoneout = 5,

    /// <summary>Which values of the memory cell stay as they were.</summary>
    CellZoneout = 6,
}
